-- Sample rows for the embedded database and for local development. All are invented: no person, company, figure or
-- price in this file is real, every row says so in `is_sample`, and Brenda refuses to start on a configured database
-- that holds one. Running the file again changes nothing: what is there is left alone, so no offer's time starts anew.

insert into courses (slug, hashtag, name, tagline, description, level, audience, requirements, modality, price,
    currency, duration_weeks, total_hours, certificate, guarantee_days, guarantee, starts_on, image_path, preview_path,
    is_sample)
values
    ('ia-para-profesionales', 'CURSO_IA_PROFESIONALES', 'IA para Profesionales',
     'Recupera horas de tu semana con IA aplicada a tu trabajo de todos los días.',
     'Aprendes a usar asistentes de IA en tareas reales: correos, informes, hojas de cálculo, presentaciones e investigación. Cada módulo termina con una tarea tuya resuelta y con una forma de comprobar que el resultado es correcto.',
     'Principiante: se empieza desde cero y no hace falta programar.',
     'Personas de administración, ventas, recursos humanos, docencia, salud y consultoría que trabajan con textos, datos y reuniones.',
     'Una computadora con internet y manejo básico de correo y hojas de cálculo. No se pide ninguna suscripción de pago.',
     'En línea: clases grabadas para ver a tu ritmo y una sesión en vivo por semana, que queda grabada.',
     249.00, 'USD', 8, 32,
     'Certificado digital de finalización con código verificable; se entrega al aprobar el proyecto final.',
     15, 'Si en los primeros días del curso ves que no es para ti, escribes a soporte y se devuelve el pago completo por el mismo medio, sin preguntas.',
     (date_trunc('week', now()) + interval '3 weeks')::date,
     'courses/ia-para-profesionales.png', 'previews/ia-para-profesionales.pdf', true),
    ('automatizacion-con-ia', 'CURSO_AUTOMATIZACION_IA', 'Automatización con IA',
     'Diseña flujos que trabajan por ti, y aprende a mantenerlos bajo control.',
     'Aprendes a encontrar qué conviene automatizar, a conectar formularios, correos, hojas de cálculo y mensajería, y a usar modelos de IA como un paso más del proceso, con revisión humana donde hace falta.',
     'Intermedio: conviene manejar bien las hojas de cálculo; lo poco de código que se usa se explica desde cero.',
     'Responsables de operaciones, personas que trabajan por cuenta propia y equipos pequeños que repiten las mismas tareas cada semana.',
     'Una computadora con internet y un proceso propio que quieras mejorar. Las prácticas se hacen con planes gratuitos.',
     'En línea: clases grabadas, laboratorio guiado y una sesión en vivo por semana, que queda grabada.',
     329.00, 'USD', 10, 40,
     'Certificado digital de finalización con código verificable; se entrega al presentar una automatización propia en funcionamiento.',
     15, 'Si en los primeros días del curso ves que no es para ti, escribes a soporte y se devuelve el pago completo por el mismo medio, sin preguntas.',
     (date_trunc('week', now()) + interval '4 weeks')::date,
     'courses/automatizacion-con-ia.png', 'previews/automatizacion-con-ia.pdf', true),
    ('ia-generativa-creativos', 'CURSO_IA_CREATIVOS', 'IA Generativa para Creativos',
     'Más ideas, más rápido, con tu propio criterio al mando.',
     'Aprendes a usar modelos generativos de texto, imagen, audio y video en un proceso creativo completo: del encargo a la entrega, con atención a las licencias, a la autoría y a la coherencia de una marca.',
     'Principiante: hace falta curiosidad visual, no conocimientos técnicos.',
     'Personas de diseño, publicidad, fotografía, redacción, contenidos y pequeñas marcas.',
     'Una computadora con internet. Se trabaja con herramientas que tienen plan gratuito.',
     'En línea: clases grabadas y un taller en vivo por semana, que queda grabado.',
     199.00, 'USD', 6, 24,
     'Certificado digital de finalización con código verificable; se entrega al publicar un portafolio de tres piezas.',
     10, 'Si en los primeros días del curso ves que no es para ti, escribes a soporte y se devuelve el pago completo por el mismo medio, sin preguntas.',
     (date_trunc('week', now()) + interval '2 weeks')::date,
     'courses/ia-generativa-creativos.png', 'previews/ia-generativa-creativos.pdf', true)
on conflict do nothing;

insert into course_modules (course_id, position, title, summary, hours)
select c.id, m.position, m.title, m.summary, m.hours
from (values
    ('ia-para-profesionales', 1, 'Qué puede y qué no puede hacer la IA',
     'Cómo trabajan los asistentes de IA, por qué se equivocan y qué datos no conviene darles nunca.', 3),
    ('ia-para-profesionales', 2, 'Pedir bien: instrucciones que funcionan',
     'Contexto, rol, formato y ejemplos. Una plantilla sencilla para pedir y para corregir lo que responde.', 4),
    ('ia-para-profesionales', 3, 'Correos, actas e informes',
     'Redactar, resumir y adaptar el tono sin perder tu voz; comprobar cifras y nombres antes de enviar.', 4),
    ('ia-para-profesionales', 4, 'Hojas de cálculo con ayuda de la IA',
     'Fórmulas, limpieza de datos, tablas dinámicas y gráficos explicados paso a paso.', 5),
    ('ia-para-profesionales', 5, 'Investigar y comprobar fuentes',
     'Buscar, contrastar y citar; cómo detectar una referencia inventada.', 4),
    ('ia-para-profesionales', 6, 'Presentaciones y reuniones',
     'Del guion a las diapositivas; preparar reuniones y cerrar con acuerdos claros.', 4),
    ('ia-para-profesionales', 7, 'Privacidad, sesgos y uso responsable',
     'Reglas de la casa para usar IA en una organización: datos personales, autoría y revisión humana.', 3),
    ('ia-para-profesionales', 8, 'Proyecto final: tu semana rediseñada',
     'Eliges tres tareas tuyas, las rehaces con IA y mides el tiempo de antes y el de después.', 5),
    ('automatizacion-con-ia', 1, 'Qué automatizar y qué no',
     'Mapa de procesos, tiempo perdido y riesgo. Cómo elegir un primer caso pequeño que valga la pena.', 4),
    ('automatizacion-con-ia', 2, 'Piezas de un flujo',
     'Disparadores, pasos, condiciones y errores. Tu primer flujo de punta a punta.', 5),
    ('automatizacion-con-ia', 3, 'Datos ordenados',
     'Formularios y hojas de cálculo como base de datos; validaciones y claves para no duplicar nada.', 5),
    ('automatizacion-con-ia', 4, 'La IA como un paso del proceso',
     'Clasificar, extraer y redactar con un modelo; salidas con formato y comprobaciones automáticas.', 6),
    ('automatizacion-con-ia', 5, 'Atención a clientes con revisión humana',
     'Borradores de respuesta, colas de revisión y cuándo debe contestar siempre una persona.', 5),
    ('automatizacion-con-ia', 6, 'Conectar servicios por API',
     'Leer documentación, usar credenciales con cuidado y probar una API sin miedo.', 5),
    ('automatizacion-con-ia', 7, 'Cuando algo falla',
     'Reintentos, avisos, registros y costos: cómo vigilar lo que corre solo.', 4),
    ('automatizacion-con-ia', 8, 'Proyecto final: una automatización en marcha',
     'Pones a funcionar un proceso propio, lo documentas y lo presentas al grupo.', 6),
    ('ia-generativa-creativos', 1, 'El ojo antes que la herramienta',
     'Referencias, criterio y encargo: qué se le pide a un modelo y qué decide siempre una persona.', 3),
    ('ia-generativa-creativos', 2, 'Textos con voz propia',
     'Ideas, titulares y guiones; cómo enseñarle a un modelo el tono de una marca.', 4),
    ('ia-generativa-creativos', 3, 'Imagen: de la descripción a la serie',
     'Composición, luz, estilo y variaciones coherentes; corregir sin empezar de nuevo.', 5),
    ('ia-generativa-creativos', 4, 'Audio y video cortos',
     'Locución, música y piezas breves para redes; guion, montaje y subtítulos.', 4),
    ('ia-generativa-creativos', 5, 'Derechos, licencias y transparencia',
     'Qué se puede usar, qué hay que declarar y cómo hablarlo con clientes.', 3),
    ('ia-generativa-creativos', 6, 'Portafolio: tres piezas terminadas',
     'Del encargo a la entrega, con el proceso documentado para mostrarlo.', 5)
) as m (slug, position, title, summary, hours)
join courses c on c.slug = m.slug and c.is_sample
on conflict do nothing;

insert into campaigns (code, course_id, source, is_sample)
select m.code, c.id, m.source, true
from (values
    ('IG_NOVIEMBRE', 'ia-para-profesionales', 'instagram'),
    ('FB_REELS', 'ia-generativa-creativos', 'facebook'),
    ('WEBINAR_IA', 'automatizacion-con-ia', 'webinar'),
    ('TIKTOK_CREATIVOS', 'ia-generativa-creativos', 'tiktok'),
    ('LINKEDIN_EQUIPOS', 'automatizacion-con-ia', 'linkedin'),
    ('NEWSLETTER', 'ia-para-profesionales', 'email'),
    ('RECOMENDACION', null, 'referral')
) as m (code, slug, source)
left join courses c on c.slug = m.slug and c.is_sample
where m.slug is null or c.id is not null
on conflict do nothing;

-- Each course has one more testimonial that nobody verified: it must never be shown.
insert into student_testimonials (course_id, person, role, country, words, topics, objection, verified_at,
    consent_reference, is_sample)
select c.id, t.person, t.role, t.country, t.words, t.topics, t.objection, t.verified_at::timestamptz, t.reference, true
from (values
    ('ia-para-profesionales', 'Mariana Ríos Ejemplo', 'Contadora', 'MX',
     'Dudé por el precio. Con lo que aprendí de hojas de cálculo cierro el mes sin quedarme hasta tarde, y para mí eso ya lo pagó.',
     array['contabilidad', 'hojas de cálculo', 'informes'], 'price', '2026-05-12 15:00+00', 'SAMPLE-PRO-01'),
    ('ia-para-profesionales', 'Andrés Quiroga Muestra', 'Gerente de ventas', 'CO',
     'Tengo poco tiempo, así que veía las clases en el bus. Son cortas y van al grano; nunca sentí que me atrasaba.',
     array['ventas', 'correos', 'reuniones'], 'time', '2026-05-20 16:30+00', 'SAMPLE-PRO-02'),
    ('ia-para-profesionales', 'Florencia Sosa Ejemplo', 'Responsable de recursos humanos', 'AR',
     'Ya había leído mucho sobre IA y no lograba aplicarlo. Acá cada módulo termina con una tarea mía resuelta, no con teoría.',
     array['recursos humanos', 'actas', 'redacción'], 'value', '2026-06-03 13:10+00', 'SAMPLE-PRO-03'),
    ('ia-para-profesionales', 'Javier Molina Muestra', 'Abogado', 'ES',
     'Desconfiaba de poner documentos en un asistente. El módulo de privacidad me dio reglas claras y ahora sé qué no debo subir nunca.',
     array['derecho', 'privacidad', 'documentos'], 'trust', '2026-06-18 09:45+00', 'SAMPLE-PRO-04'),
    ('ia-para-profesionales', 'Rosa Huamán Ejemplo', 'Docente de secundaria', 'PE',
     'Pensé que era para gente de sistemas. Empecé de cero y hoy preparo mis sesiones y rúbricas en la mitad del tiempo.',
     array['docencia', 'clases', 'principiante'], 'value', '2026-07-02 20:20+00', 'SAMPLE-PRO-05'),
    ('ia-para-profesionales', 'Cristóbal Vera Muestra', 'Consultor independiente', 'CL',
     'Comparé varios cursos antes de elegir. Me quedé por el proyecto final: salí con mi propia forma de trabajar, no con apuntes.',
     array['consultoría', 'presentaciones', 'investigación'], 'price', '2026-07-15 18:00+00', 'SAMPLE-PRO-06'),
    ('ia-para-profesionales', 'Gabriela Castro Ejemplo', 'Enfermera jefa', 'EC',
     'Con turnos rotativos no podía con horarios fijos. Que las sesiones quedaran grabadas fue lo que me permitió terminarlo.',
     array['salud', 'horarios', 'informes'], 'time', '2026-08-09 14:00+00', 'SAMPLE-PRO-07'),
    ('ia-para-profesionales', 'Tomás Sin Verificar', 'Analista', 'UY',
     'Este testimonio de muestra no está verificado ni tiene permiso, y por eso nunca debe mostrarse a nadie.',
     array['muestra'], 'trust', null, null),
    ('automatizacion-con-ia', 'Diego Fuentes Ejemplo', 'Coordinador de operaciones', 'CL',
     'Armé un flujo que ordena los pedidos que llegan por correo. Antes era media mañana; ahora solo reviso los casos raros.',
     array['operaciones', 'pedidos', 'correos'], 'value', '2026-05-14 12:00+00', 'SAMPLE-AUT-01'),
    ('automatizacion-con-ia', 'Paola Restrepo Muestra', 'Dueña de una tienda en línea', 'CO',
     'Me parecía caro para mi negocio. Lo que dejé de pagar en tareas repetidas cubrió el curso antes de terminarlo.',
     array['comercio', 'ventas', 'tienda'], 'price', '2026-05-29 17:40+00', 'SAMPLE-AUT-02'),
    ('automatizacion-con-ia', 'Luis Alberto Paz Ejemplo', 'Administrador de clínica', 'MX',
     'Temía que algo fallara sin que nadie lo notara. El módulo de avisos y registros fue justo lo que necesitaba.',
     array['salud', 'citas', 'avisos'], 'trust', '2026-06-11 19:15+00', 'SAMPLE-AUT-03'),
    ('automatizacion-con-ia', 'Nuria Camps Muestra', 'Responsable de atención al cliente', 'ES',
     'Trabajo a jornada completa y aun así llegué. El laboratorio guiado te deja avanzar media hora cada día.',
     array['atención al cliente', 'horarios', 'respuestas'], 'time', '2026-06-25 08:30+00', 'SAMPLE-AUT-04'),
    ('automatizacion-con-ia', 'Martín Aguirre Ejemplo', 'Contador', 'AR',
     'No sé programar y lo aclaré el primer día. Terminé conectando dos sistemas con una API, paso a paso y sin sustos.',
     array['contabilidad', 'api', 'principiante'], 'value', '2026-07-08 21:00+00', 'SAMPLE-AUT-05'),
    ('automatizacion-con-ia', 'Carla Mendoza Muestra', 'Jefa de logística', 'PE',
     'Me gustó que también te digan qué no automatizar. Eso me dio más confianza que cualquier promesa.',
     array['logística', 'inventario', 'procesos'], 'trust', '2026-08-01 15:25+00', 'SAMPLE-AUT-06'),
    ('automatizacion-con-ia', 'Beatriz Sin Verificar', 'Asistente', 'CR',
     'Este testimonio de muestra no está verificado ni tiene permiso, y por eso nunca debe mostrarse a nadie.',
     array['muestra'], 'price', null, null),
    ('ia-generativa-creativos', 'Valeria Núñez Ejemplo', 'Diseñadora gráfica', 'MX',
     'Creía que la IA le quitaría alma a mi trabajo. Ahora la uso para explorar ideas y decido yo qué merece terminarse.',
     array['diseño', 'ideas', 'marca'], 'value', '2026-05-16 16:00+00', 'SAMPLE-CRE-01'),
    ('ia-generativa-creativos', 'Samuel Ortega Muestra', 'Fotógrafo', 'ES',
     'Me preocupaban los derechos. El módulo de licencias me dio un texto claro para explicárselo a mis clientes.',
     array['fotografía', 'licencias', 'clientes'], 'trust', '2026-06-05 10:20+00', 'SAMPLE-CRE-02'),
    ('ia-generativa-creativos', 'Juliana Pardo Ejemplo', 'Redactora publicitaria', 'CO',
     'Con dos hijos y una agencia no tenía horas libres. Hice los talleres grabados por la noche y entregué mi portafolio.',
     array['publicidad', 'redacción', 'horarios'], 'time', '2026-06-20 23:00+00', 'SAMPLE-CRE-03'),
    ('ia-generativa-creativos', 'Nicolás Ferreyra Muestra', 'Creador de contenido', 'AR',
     'Vengo de probar tutoriales sueltos. Acá entendí el proceso completo y dejé de rehacer todo desde cero.',
     array['contenidos', 'video', 'redes'], 'value', '2026-07-04 18:45+00', 'SAMPLE-CRE-04'),
    ('ia-generativa-creativos', 'Milagros Tello Ejemplo', 'Emprendedora de repostería', 'PE',
     'Era mucho dinero para mí y lo pensé un mes. Hoy hago las fotos y los textos de mi marca sin contratar a nadie más.',
     array['marca', 'emprendimiento', 'redes'], 'price', '2026-07-21 20:10+00', 'SAMPLE-CRE-05'),
    ('ia-generativa-creativos', 'Ignacio Bravo Muestra', 'Director de arte', 'CL',
     'Esperaba trucos y encontré método. Mi equipo usa la misma plantilla de encargo desde entonces.',
     array['dirección de arte', 'equipo', 'encargo'], 'trust', '2026-08-13 13:35+00', 'SAMPLE-CRE-06'),
    ('ia-generativa-creativos', 'Renata Sin Verificar', 'Ilustradora', 'PA',
     'Este testimonio de muestra no está verificado ni tiene permiso, y por eso nunca debe mostrarse a nadie.',
     array['muestra'], 'value', null, null)
) as t (slug, person, role, country, words, topics, objection, verified_at, reference)
join courses c on c.slug = t.slug and c.is_sample
where not exists (select from student_testimonials old where old.course_id = c.id and old.person = t.person);

insert into success_cases (course_id, person, occupation, title, story, metrics, verified_at, consent_reference,
    is_sample)
select c.id, s.person, s.occupation, s.title, s.story, s.metrics::jsonb, s.verified_at::timestamptz, s.reference, true
from (values
    ('ia-para-profesionales', 'Elena Duarte Ejemplo', 'Asistente administrativa',
     'Del acta del lunes al acuerdo del lunes',
     'Pasaba la tarde entera pasando en limpio actas de reunión. Con la plantilla del módulo de informes las entrega el mismo día y dedica el resto a dar seguimiento a los acuerdos.',
     '[{"name": "hours_saved_per_week", "kind": "duration", "value": 5, "unit": "hours", "label": "horas ahorradas por semana"}, {"name": "minutes_per_report", "kind": "duration", "value": 25, "unit": "minutes", "label": "minutos que tarda ahora en cada acta"}]',
     '2026-06-02 15:00+00', 'SAMPLE-PRO-C1'),
    ('ia-para-profesionales', 'Ricardo Vélez Muestra', 'Analista financiero',
     'El informe mensual que ya no da miedo',
     'Limpiaba a mano los datos de varias áreas. Rehízo el proceso con fórmulas que la IA le ayudó a escribir y que él comprueba con una muestra antes de enviar.',
     '[{"name": "time_reduction", "kind": "percent", "value": 60, "unit": "%", "label": "menos tiempo en el informe mensual"}, {"name": "reports", "kind": "count", "value": 4, "unit": "informes", "label": "informes mensuales rehechos"}]',
     '2026-06-24 18:30+00', 'SAMPLE-PRO-C2'),
    ('ia-para-profesionales', 'Patricia Lagos Ejemplo', 'Docente universitaria',
     'Clases preparadas antes del domingo',
     'Usa la IA para proponer ejercicios y rúbricas, y ella corrige y elige. Terminó el semestre con todo el material ordenado y reutilizable.',
     '[{"name": "materials", "kind": "count", "value": 36, "unit": "materiales", "label": "materiales de clase creados"}, {"name": "weeks_to_result", "kind": "duration", "value": 6, "unit": "weeks", "label": "semanas hasta tener el curso completo"}]',
     '2026-07-10 12:00+00', 'SAMPLE-PRO-C3'),
    ('ia-para-profesionales', 'Sergio Benítez Muestra', 'Consultor de pymes',
     'Más propuestas, mejor hechas',
     'Investiga el sector de cada cliente con fuentes comprobadas y arma propuestas a medida. Ganó un contrato nuevo en el segundo mes.',
     '[{"name": "extra_income", "kind": "money", "value": 600, "unit": "USD", "label": "ingresos adicionales del primer contrato"}, {"name": "proposals", "kind": "count", "value": 9, "unit": "propuestas", "label": "propuestas enviadas en dos meses"}]',
     '2026-08-05 16:10+00', 'SAMPLE-PRO-C4'),
    ('automatizacion-con-ia', 'Teresa Galindo Ejemplo', 'Dueña de una imprenta',
     'Presupuestos en el mismo día',
     'Los pedidos llegaban por correo y mensajes, y alguno se perdía. Su flujo los ordena, prepara un borrador de presupuesto y ella lo aprueba.',
     '[{"name": "quotes_per_day", "kind": "count", "value": 14, "unit": "presupuestos", "label": "presupuestos que prepara por día"}, {"name": "response_hours", "kind": "duration", "value": 3, "unit": "hours", "label": "horas que tarda en responder"}]',
     '2026-06-09 14:20+00', 'SAMPLE-AUT-C1'),
    ('automatizacion-con-ia', 'Hernán Cáceres Muestra', 'Jefe de operaciones',
     'Facturas que se archivan solas',
     'Automatizó la lectura de facturas con un paso de IA y una comprobación de importes. Lo que no cuadra va a una persona.',
     '[{"name": "errors_reduction", "kind": "percent", "value": 45, "unit": "%", "label": "menos errores de captura"}, {"name": "hours_saved_per_week", "kind": "duration", "value": 7, "unit": "hours", "label": "horas ahorradas por semana"}]',
     '2026-06-30 19:00+00', 'SAMPLE-AUT-C2'),
    ('automatizacion-con-ia', 'Ana Lucía Barrios Ejemplo', 'Coordinadora de una escuela de idiomas',
     'Inscripciones sin copiar y pegar',
     'Conectó el formulario de inscripción con la hoja de grupos y con los avisos a las familias. Nadie vuelve a escribir dos veces lo mismo.',
     '[{"name": "enrolments", "kind": "count", "value": 120, "unit": "inscripciones", "label": "inscripciones procesadas en un ciclo"}, {"name": "time_reduction", "kind": "percent", "value": 70, "unit": "%", "label": "menos tiempo por inscripción"}]',
     '2026-07-19 17:45+00', 'SAMPLE-AUT-C3'),
    ('automatizacion-con-ia', 'Óscar Medrano Muestra', 'Desarrollador independiente',
     'De tareas sueltas a un servicio',
     'Ofrece a negocios de su barrio automatizaciones pequeñas con mantenimiento. Empezó con el proyecto final del curso.',
     '[{"name": "clients", "kind": "count", "value": 5, "unit": "clientes", "label": "clientes con mantenimiento mensual"}, {"name": "monthly_income", "kind": "money", "value": 750, "unit": "USD", "label": "ingresos mensuales por mantenimiento"}]',
     '2026-08-22 20:30+00', 'SAMPLE-AUT-C4'),
    ('ia-generativa-creativos', 'Daniela Prieto Ejemplo', 'Diseñadora independiente',
     'Tres rutas creativas en una tarde',
     'Presentaba una sola idea por falta de tiempo. Ahora explora varias rutas, descarta pronto y llega a la reunión con opciones bien argumentadas.',
     '[{"name": "routes_per_project", "kind": "count", "value": 3, "unit": "rutas", "label": "rutas creativas por proyecto"}, {"name": "time_reduction", "kind": "percent", "value": 40, "unit": "%", "label": "menos tiempo en la fase de bocetos"}]',
     '2026-06-14 11:00+00', 'SAMPLE-CRE-C1'),
    ('ia-generativa-creativos', 'Emilio Santoro Muestra', 'Editor de video',
     'Un canal con calendario propio',
     'Guioniza, locuta y subtitula con ayuda de modelos, y revisa cada pieza antes de publicar. Por primera vez mantiene un calendario.',
     '[{"name": "videos_per_month", "kind": "count", "value": 12, "unit": "videos", "label": "videos publicados por mes"}, {"name": "hours_per_video", "kind": "duration", "value": 4, "unit": "hours", "label": "horas de trabajo por video"}]',
     '2026-07-01 22:15+00', 'SAMPLE-CRE-C2'),
    ('ia-generativa-creativos', 'Lorena Ibáñez Ejemplo', 'Fundadora de una marca de cosmética',
     'Una marca que se reconoce',
     'Definió con el módulo de imagen un estilo para todas sus fotos y textos. Sus fichas de producto parecen por fin de la misma marca.',
     '[{"name": "product_sheets", "kind": "count", "value": 28, "unit": "fichas", "label": "fichas de producto rehechas"}, {"name": "cost_saving", "kind": "money", "value": 420, "unit": "USD", "label": "ahorro en producción de contenidos"}]',
     '2026-07-28 15:50+00', 'SAMPLE-CRE-C3'),
    ('ia-generativa-creativos', 'Pablo Arrieta Muestra', 'Redactor',
     'Del bloqueo al borrador',
     'Usa la IA para discutir enfoques y encontrar objeciones, y escribe él la versión final. Entrega antes y con menos correcciones.',
     '[{"name": "fewer_revisions", "kind": "percent", "value": 35, "unit": "%", "label": "menos rondas de corrección"}, {"name": "days_to_deliver", "kind": "duration", "value": 2, "unit": "days", "label": "días hasta la primera entrega"}]',
     '2026-08-18 09:30+00', 'SAMPLE-CRE-C4')
) as s (slug, person, occupation, title, story, metrics, verified_at, reference)
join courses c on c.slug = s.slug and c.is_sample
where not exists (select from success_cases old where old.course_id = c.id and old.person = s.person);

insert into course_statistics (course_id, name, kind, value, unit, label, measured_on, is_sample)
select c.id, s.name, s.kind, s.value, s.unit, s.label, s.measured_on::date, true
from (values
    ('ia-para-profesionales', 'students', 'count', 412, 'estudiantes', 'personas que han cursado el programa', '2026-09-30'),
    ('ia-para-profesionales', 'completion', 'percent', 81, '%', 'de quienes empiezan terminan el curso', '2026-09-30'),
    ('ia-para-profesionales', 'satisfaction', 'percent', 93, '%', 'lo recomendaría a una persona conocida', '2026-09-30'),
    ('ia-para-profesionales', 'hours_saved_per_week', 'duration', 4, 'hours', 'horas ahorradas por semana, según la encuesta a estudiantes', '2026-09-30'),
    ('ia-para-profesionales', 'applied_in_first_month', 'percent', 76, '%', 'aplicó lo aprendido en el primer mes', '2026-09-30'),
    ('automatizacion-con-ia', 'students', 'count', 236, 'estudiantes', 'personas que han cursado el programa', '2026-09-30'),
    ('automatizacion-con-ia', 'completion', 'percent', 74, '%', 'de quienes empiezan terminan el curso', '2026-09-30'),
    ('automatizacion-con-ia', 'satisfaction', 'percent', 91, '%', 'lo recomendaría a una persona conocida', '2026-09-30'),
    ('automatizacion-con-ia', 'hours_saved_per_week', 'duration', 6, 'hours', 'horas ahorradas por semana, según la encuesta a estudiantes', '2026-09-30'),
    ('automatizacion-con-ia', 'projects_running', 'count', 158, 'proyectos', 'automatizaciones finales que siguen en marcha', '2026-09-30'),
    ('ia-generativa-creativos', 'students', 'count', 305, 'estudiantes', 'personas que han cursado el programa', '2026-09-30'),
    ('ia-generativa-creativos', 'completion', 'percent', 84, '%', 'de quienes empiezan terminan el curso', '2026-09-30'),
    ('ia-generativa-creativos', 'satisfaction', 'percent', 95, '%', 'lo recomendaría a una persona conocida', '2026-09-30'),
    ('ia-generativa-creativos', 'hours_saved_per_week', 'duration', 3, 'hours', 'horas ahorradas por semana, según la encuesta a estudiantes', '2026-09-30'),
    ('ia-generativa-creativos', 'portfolios', 'count', 251, 'portafolios', 'portafolios publicados', '2026-09-30')
) as s (slug, name, kind, value, unit, label, measured_on)
join courses c on c.slug = s.slug and c.is_sample
on conflict do nothing;

insert into competitor_analysis (course_id, competitor, price, currency, total_hours, strengths, differences,
    checked_on, is_sample)
select c.id, o.competitor, o.price, 'USD', o.total_hours, o.strengths, o.differences, o.checked_on::date, true
from (values
    ('ia-para-profesionales', 'Instituto Faro Azul (ejemplo)', 390.00, 30,
     'Marca conocida y tutorías individuales.',
     'El nuestro cuesta menos, incluye un proyecto con tus propias tareas y guarda todas las sesiones grabadas.', '2026-10-15'),
    ('ia-para-profesionales', 'Aula Nube Clara (ejemplo)', 129.00, 12,
     'Más barato y muy breve: sirve para una primera idea.',
     'El nuestro tiene más horas, sesión en vivo cada semana y corrección del proyecto final.', '2026-10-15'),
    ('automatizacion-con-ia', 'Escuela Puente Norte (ejemplo)', 480.00, 45,
     'Más horas y bolsa de empleo propia.',
     'El nuestro cuesta menos, no pide saber programar y trabaja con planes gratuitos.', '2026-10-16'),
    ('automatizacion-con-ia', 'Taller Engranaje (ejemplo)', 210.00, 18,
     'Más barato y centrado en una sola herramienta.',
     'El nuestro enseña el método con varias herramientas, y dedica un módulo a errores, avisos y costos.', '2026-10-16'),
    ('ia-generativa-creativos', 'Estudio Trazo Vivo (ejemplo)', 320.00, 28,
     'Comunidad grande y clases magistrales con invitados.',
     'El nuestro cuesta menos, cubre derechos y licencias, y termina con un portafolio de tres piezas.', '2026-10-17'),
    ('ia-generativa-creativos', 'Academia Pixel Sur (ejemplo)', 95.00, 8,
     'Muy barato y enfocado solo en imagen.',
     'El nuestro abarca texto, imagen, audio y video, con taller en vivo cada semana.', '2026-10-17')
) as o (slug, competitor, price, total_hours, strengths, differences, checked_on)
join courses c on c.slug = o.slug and c.is_sample
on conflict do nothing;

insert into free_resources (course_id, title, description, kind, path, topics, is_sample)
select c.id, r.title, r.description, r.kind, 'resources/' || r.slug || '/' || r.file, r.topics, true
from (values
    ('ia-para-profesionales', 'Diez instrucciones para profesionales',
     'Diez instrucciones listas para copiar, con la forma de adaptarlas y de comprobar lo que responde la IA.', 'pdf',
     'diez-instrucciones.pdf', array['prompts', 'correos', 'informes', 'productividad', 'reuniones']),
    ('ia-para-profesionales', 'Lista: usar IA sin exponer datos',
     'Lo que conviene revisar antes de pegar un texto en un asistente de IA.', 'checklist',
     'lista-privacidad.pdf', array['privacidad', 'datos', 'seguridad', 'confianza']),
    ('ia-para-profesionales', 'Plantilla: inventario de tareas',
     'Hoja de cálculo para anotar tus tareas repetidas y calcular cuánto tiempo puedes recuperar.', 'template',
     'inventario-de-tareas.xlsx', array['tiempo', 'hojas de cálculo', 'organización', 'plantilla']),
    ('automatizacion-con-ia', 'Guía: tu primera automatización',
     'Cinco pasos para elegir, dibujar, construir y probar un primer flujo pequeño.', 'guide',
     'primera-automatizacion.pdf', array['automatización', 'flujos', 'procesos', 'primeros pasos']),
    ('automatizacion-con-ia', 'Lista: antes de automatizar',
     'Preguntas que evitan automatizar lo que no se debe, y que dejan un plan para cuando algo falle.', 'checklist',
     'antes-de-automatizar.pdf', array['riesgos', 'procesos', 'errores', 'confianza']),
    ('automatizacion-con-ia', 'Plantilla: mapa de un proceso',
     'Hoja de cálculo para describir un proceso paso a paso y ver dónde se pierde el tiempo.', 'template',
     'mapa-de-proceso.xlsx', array['procesos', 'operaciones', 'tiempo', 'plantilla']),
    ('ia-generativa-creativos', 'Guía de descripciones visuales',
     'Cómo describir una imagen a un modelo: sujeto, encuadre, luz, materiales y estilo, con ejemplos.', 'guide',
     'descripciones-visuales.pdf', array['imagen', 'diseño', 'prompts', 'fotografía']),
    ('ia-generativa-creativos', 'Lista: derechos y licencias',
     'Lo que hay que revisar antes de entregar una pieza hecha con ayuda de IA.', 'checklist',
     'derechos-y-licencias.pdf', array['licencias', 'derechos', 'clientes', 'confianza']),
    ('ia-generativa-creativos', 'Plantilla: encargo creativo',
     'Documento para acordar con un cliente qué se hará, con qué herramientas y quién decide.', 'template',
     'encargo-creativo.docx', array['encargo', 'clientes', 'marca', 'plantilla'])
) as r (slug, title, description, kind, file, topics)
join courses c on c.slug = r.slug and c.is_sample
on conflict do nothing;

-- For each course: a discount and a bonus that are live for three weeks from the first seeding, one that is over, one
-- that nobody approved, and one that has not begun.
insert into offers (course_id, kind, name, description, percent_off, bonus, bonus_value, starts_at, ends_at, max_claims,
    approved_by, approved_at, is_sample)
select c.id, o.kind, o.name, o.description, o.percent_off::numeric, o.bonus, o.bonus_value::numeric,
    date_trunc('day', now()) + make_interval(days => o.first_day),
    date_trunc('day', now()) + make_interval(days => o.last_day, hours => 23, mins => 59),
    o.max_claims::integer, case when o.approved then 'Dirección académica (ejemplo)' end,
    case when o.approved then date_trunc('day', now()) + make_interval(days => least(o.first_day, 0) - 1) end, true
from (values
    ('ia-para-profesionales', 'discount', 'Inscripción anticipada',
     'Descuento para quienes se inscriben antes de que empiece el grupo.', 20, null, null, -1, 21, 30, true),
    ('ia-para-profesionales', 'discount', 'Semana de lanzamiento',
     'Descuento de la edición anterior.', 30, null, null, -45, -15, 20, true),
    ('ia-para-profesionales', 'bonus', 'Biblioteca de instrucciones',
     'Acceso por un año a la biblioteca de instrucciones del curso.', null,
     'Biblioteca con 120 instrucciones probadas, ordenadas por profesión', 49, -1, 21, 25, true),
    ('ia-para-profesionales', 'discount', 'Propuesta sin aprobar',
     'Descuento propuesto que nadie ha aprobado.', 50, null, null, -1, 10, 10, false),
    ('ia-para-profesionales', 'discount', 'Grupo siguiente',
     'Descuento previsto para el grupo siguiente.', 15, null, null, 30, 44, 30, true),
    ('automatizacion-con-ia', 'discount', 'Inscripción anticipada',
     'Descuento para quienes se inscriben antes de que empiece el grupo.', 15, null, null, -1, 21, 25, true),
    ('automatizacion-con-ia', 'discount', 'Semana de lanzamiento',
     'Descuento de la edición anterior.', 25, null, null, -45, -15, 20, true),
    ('automatizacion-con-ia', 'bonus', 'Revisión de tu flujo',
     'Sesión individual de revisión al terminar el curso.', null,
     'Sesión individual de 45 minutos para revisar tu automatización', 60, -1, 21, 20, true),
    ('automatizacion-con-ia', 'bonus', 'Propuesta sin aprobar',
     'Bono propuesto que nadie ha aprobado.', null, 'Segunda sesión individual', 60, -1, 10, 5, false),
    ('automatizacion-con-ia', 'discount', 'Grupo siguiente',
     'Descuento previsto para el grupo siguiente.', 10, null, null, 30, 44, 30, true),
    ('ia-generativa-creativos', 'discount', 'Inscripción anticipada',
     'Descuento para quienes se inscriben antes de que empiece el grupo.', 25, null, null, -1, 20, 20, true),
    ('ia-generativa-creativos', 'discount', 'Semana de lanzamiento',
     'Descuento de la edición anterior.', 35, null, null, -45, -15, 20, true),
    ('ia-generativa-creativos', 'bonus', 'Crítica de portafolio',
     'Comentarios por escrito sobre las tres piezas del portafolio.', null,
     'Crítica por escrito de tu portafolio', 40, -1, 20, 20, true),
    ('ia-generativa-creativos', 'discount', 'Propuesta sin aprobar',
     'Descuento propuesto que nadie ha aprobado.', 60, null, null, -1, 10, 10, false),
    ('ia-generativa-creativos', 'bonus', 'Taller de la edición siguiente',
     'Taller adicional previsto para el grupo siguiente.', null, 'Taller adicional de sonido', 30, 30, 44, 30, true)
) as o (slug, kind, name, description, percent_off, bonus, bonus_value, first_day, last_day, max_claims, approved)
join courses c on c.slug = o.slug and c.is_sample
where not exists (
    select from offers old where old.course_id = c.id and old.name = o.name and old.kind = o.kind
);

-- Whoever sits at the console is also the advisor there: `/devolver` hands a chat back.
insert into advisors (name, chat, is_sample) values ('Asesora de ejemplo', 'consola:asesora', true)
on conflict (chat) do nothing;

-- Who shows the course in a demonstration, and when. The address of the call leads nowhere.
insert into demo_hosts (name, role, timezone, place, is_sample)
select h.name, h.role, h.timezone, h.place, true
from (values
    ('Camila Ejemplo', 'asesora académica (persona de ejemplo)', 'America/Bogota',
     'https://videollamada.example/demo-camila'),
    ('Martín Ejemplo', 'tutor del curso (persona de ejemplo)', 'America/Mexico_City',
     'https://videollamada.example/demo-martin')
) as h (name, role, timezone, place)
where not exists (select from demo_hosts old where old.name = h.name);

insert into demo_hours (host_id, weekday, opens, closes, slot_minutes)
select h.id, d.weekday, w.opens::time, w.closes::time, 30
from demo_hosts h
join (values ('Camila Ejemplo', '09:00', '13:00'), ('Camila Ejemplo', '15:00', '18:00'),
    ('Martín Ejemplo', '16:00', '20:00')) as w (name, opens, closes) on w.name = h.name
cross join generate_series(1, 6) as d (weekday)
where h.is_sample and (d.weekday < 6 or w.opens = '09:00')
on conflict (host_id, weekday, opens) do nothing;
