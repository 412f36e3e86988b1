"""Supabase Storage through the official client: on Supabase's own small server, and on one that misbehaves."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from aiohttp import ClientSession, web
from storage3.exceptions import StorageApiError
from supabase_auth.types import SignUpWithEmailAndPasswordCredentials

from core.errors import StorageError
from core.integrations.storage import SupabaseStorage, storage_of
from supabase import AsyncClientOptions, AuthApiError, create_async_client
from tests.supabase_lite import SupabaseLite, supabase_lite
from tests.worlds import make_settings

BUCKET, PATH, CONTENT = "resources", "courses/guía uno.pdf", b"%PDF of the tests"
KEY = "sb_secret_0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
async def lite(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SupabaseLite]:
    """A server with a private bucket that holds one file."""
    async with supabase_lite(tmp_path_factory.mktemp("lite")) as server, httpx.AsyncClient() as http:
        client = await create_async_client(server.url, server.key, AsyncClientOptions(httpx_client=http))
        await client.storage.create_bucket(BUCKET, options={"public": False})
        await client.storage.from_(BUCKET).upload(PATH, CONTENT, {"content-type": "application/pdf"})
        yield server


async def fetched(url: str) -> tuple[int, bytes, str]:
    async with ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.read(), answer.headers.get("Content-Disposition", "")


async def test_a_signed_address_gives_the_file_to_who_has_no_key(lite: SupabaseLite) -> None:
    storage = SupabaseStorage(lite.url, BUCKET, lite.key)
    url = await storage.signed_url(PATH, None)
    assert lite.key not in url
    assert (await fetched(url))[:2] == (200, CONTENT)


async def test_a_changed_address_gives_nothing(lite: SupabaseLite) -> None:
    url = await SupabaseStorage(lite.url, BUCKET, lite.key).signed_url(PATH, None)
    status, body, _ = await fetched(url[:-4] + "AAAA")
    assert (status >= 400, body != CONTENT) == (True, True)


async def test_a_name_to_save_under_is_part_of_the_address(lite: SupabaseLite) -> None:
    url = await SupabaseStorage(lite.url, BUCKET, lite.key).signed_url(PATH, "Guía uno.pdf")
    assert "download=Gu%C3%ADa+uno.pdf" in url.replace("%20", "+")
    assert (await fetched(url))[:2] == (200, CONTENT)


@pytest.mark.parametrize(("bucket", "path"), [(BUCKET, "gone.pdf"), ("nobodys", PATH)])
async def test_what_is_not_there_is_an_error_of_ours(lite: SupabaseLite, bucket: str, path: str) -> None:
    with pytest.raises(StorageError, match=bucket):
        await SupabaseStorage(lite.url, bucket, lite.key).signed_url(path, None)


async def test_whoever_signs_up_at_the_same_project_gets_no_file(lite: SupabaseLite) -> None:
    async with httpx.AsyncClient() as http:
        client = await create_async_client(lite.url, lite.public_key, AsyncClientOptions(httpx_client=http))
        person: SignUpWithEmailAndPasswordCredentials = {"email": "ana@correo.example", "password": "una clave larga 1"}
        await client.auth.sign_up(person)
        with pytest.raises(AuthApiError):
            await client.auth.sign_in_with_password({"email": "ana@correo.example", "password": "another"})
        signed_in = await client.auth.sign_in_with_password({"email": person["email"], "password": person["password"]})
        assert signed_in.user
        assert signed_in.user.email == person["email"]
        assert await client.storage.from_(BUCKET).list() == []
        with pytest.raises(StorageApiError):
            await client.storage.from_(BUCKET).create_signed_url(PATH, 60)
        with pytest.raises(StorageApiError):
            await client.storage.from_(BUCKET).download(PATH)


@pytest.mark.parametrize("key", [KEY, "public", "eyJhbGciOiJIUzI1NiJ9.e30.forged"], ids=["other", "public", "forged"])
async def test_a_key_that_may_not_sign_is_an_error_that_does_not_name_it(lite: SupabaseLite, key: str) -> None:
    given = lite.public_key if key == "public" else key
    with pytest.raises(StorageError) as raised:
        await SupabaseStorage(lite.url, BUCKET, given).signed_url(PATH, None)
    assert given not in str(raised.value)


@asynccontextmanager
async def answering(status: int, body: str) -> AsyncIterator[str]:
    """A storage that gives one answer to everything."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=body, content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, "{}"),
        (502, "<html>"),
        (401, json.dumps({"statusCode": "401", "error": "Unauthorized", "message": "no"})),
        (200, "{}"),
        (200, "no json"),
        (200, "[]"),
        (200, json.dumps({"signedURL": None})),
        (302, ""),
    ],
)
async def test_a_storage_that_misbehaves_is_an_error_without_key_or_path(status: int, body: str) -> None:
    async with answering(status, body) as url:
        with pytest.raises(StorageError) as caught:
            await SupabaseStorage(url, BUCKET, KEY).signed_url("secret/path.pdf", None)
    assert KEY not in str(caught.value)
    assert "secret/path" not in str(caught.value)


async def test_the_documented_answer_becomes_an_absolute_address() -> None:
    signed = {"signedURL": f"/object/sign/{BUCKET}/a.pdf?token=abc"}
    async with answering(200, json.dumps(signed)) as url:
        made = await SupabaseStorage(url, BUCKET, KEY).signed_url("a.pdf", None)
    assert made == f"{url}/storage/v1/object/sign/{BUCKET}/a.pdf?token=abc"


async def test_nobody_there_is_an_error() -> None:
    with pytest.raises(StorageError, match="ConnectError"):
        await SupabaseStorage("http://127.0.0.1:1", BUCKET, KEY).signed_url("a.pdf", None)


def test_without_an_address_the_folder_is_used(tmp_path: Path) -> None:
    assert storage_of(make_settings(media_dir=tmp_path)) is None
    made = storage_of(make_settings(supabase_url="https://ref.supabase.co", supabase_key=KEY))
    assert made == SupabaseStorage("https://ref.supabase.co", "resources", KEY)
    assert KEY not in repr(made)
