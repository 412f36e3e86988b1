"""The jobs: turns that wait in the inbox, hand-offs that time out, follow-ups that are due, and what a crash left.

Every task may run twice and does its work once. One chat has one turn at a time (`lock`); a turn takes all that its
chat said meanwhile. What procrastinate itself may lose track of (a worker that was killed, a job that failed while the
database was away) is found again by the sweep, because the inbox knows who still waits for an answer.
"""
