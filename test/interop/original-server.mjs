/**
 * pyobs-archive itself, from a checkout, in a temporary directory: its own database (SQLite, or PostgreSQL where its
 * programs are given), its own files, three accounts. What stands here of its code is its settings' names.
 */
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./archive.mjs";

/** What it cannot run without: Django and what its settings name; astropy; fpack, by its full path. */
const NEEDS =
  "import django, rest_framework, crispy_forms, corsheaders, oauth2_provider, whitenoise, zipstream, astropy, matplotlib";

/** Its package for Keycloak, which is its authors' own: as far as its settings and addresses touch it. */
const KEYCLOAK_STUB = {
  "__init__.py": "",
  "authentication.py": `from rest_framework.authentication import BaseAuthentication


class KeycloakAuthentication(BaseAuthentication):
    def authenticate(self, request):
        return None
`,
  "urls.py": `from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

app_name = "pyobs_auth"
urlpatterns = [path("login/", LoginView.as_view(), name="login"), path("logout/", LogoutView.as_view(), name="logout")]
`,
};

const MAKE_ACCOUNTS = `
import json, sys, django
django.setup()
from django.contrib.auth.models import User
from rest_framework.authtoken.models import Token
tokens = {}
for name, password, staff, active in json.loads(sys.argv[1]):
    user = User.objects.create_user(name, password=password, is_staff=staff, is_active=active)
    tokens[name] = Token.objects.get_or_create(user=user)[0].key
print(json.dumps(tokens))
`;

/** Why it cannot be run by this Python, or null. */
export function whyNot(python) {
  const tried = spawnSync(python, ["-c", NEEDS], { encoding: "utf8" });
  if (tried.status !== 0)
    return `${python} lacks ${/named '([\w.]+)'/.exec(tried.stderr ?? "")?.[1] ?? "what it needs"}`;
  return spawnSync("/usr/bin/fpack", ["-V"]).error === undefined ? null : "/usr/bin/fpack is not there";
}

/** A PostgreSQL server of its own below `folder`, or null where there are no programs for one. */
function startPostgres(folder, programs, port) {
  const data = join(folder, "postgres");
  // It refuses to be run by root.
  const asSomebody = process.getuid?.() === 0 ? ["runuser", "-u", "postgres", "--"] : [];
  const run = (...command) => {
    const [program, ...args] = [...asSomebody, ...command];
    const result = spawnSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    if (result.status !== 0) throw new Error(`${command[0]}: ${result.stderr}`);
  };
  mkdirSync(data);
  chmodSync(folder, 0o755);
  if (asSomebody.length > 0) spawnSync("chown", ["postgres", data]);
  // As the official image of PostgreSQL is set up, which its docker-compose.yaml names.
  run(join(programs, "initdb"), "-D", data, "-U", "archive", "--auth=trust", "--locale=C.UTF-8", "-E", "UTF8");
  const options = `-c listen_addresses=127.0.0.1 -p ${port} -k ${data} -c fsync=off`;
  run(join(programs, "pg_ctl"), "-D", data, "-w", "-l", join(data, "log"), "-o", options, "start");
  run(join(programs, "createdb"), "-h", "127.0.0.1", "-p", `${port}`, "-U", "archive", "archive");
  return {
    settings: {
      SQL_ENGINE: "django.db.backends.postgresql",
      SQL_DATABASE: "archive",
      SQL_USER: "archive",
      SQL_HOST: "127.0.0.1",
      SQL_PORT: `${port}`,
    },
    stop: () => run(join(programs, "pg_ctl"), "-D", data, "-m", "immediate", "stop"),
  };
}

/**
 * Starts it. `accounts`: name, password, whether staff, whether active. `postgres`: folder of PostgreSQL's programs.
 * `workers`: processes of gunicorn.
 * Answers its address, the accounts' tokens by name, its folder of files, and how to end it.
 */
export async function startOriginal({ checkout, python, accounts, postgres, workers = 2 }) {
  const folder = mkdtempSync(join(tmpdir(), "platevault-original-"));
  for (const [name, text] of Object.entries(KEYCLOAK_STUB)) {
    mkdirSync(join(folder, "pyobs_auth"), { recursive: true });
    writeFileSync(join(folder, "pyobs_auth", name), text);
  }
  const files = join(folder, "data");
  mkdirSync(files);
  mkdirSync(join(folder, "static"));
  const database = postgres ? startPostgres(folder, postgres, await freePort()) : null;
  const environment = {
    ...process.env,
    PYTHONPATH: `${folder}:${checkout}`,
    PYTHONDONTWRITEBYTECODE: "1",
    PYTHONWARNINGS: "ignore",
    DJANGO_SETTINGS_MODULE: "pyobs_archive.settings",
    DJANGO_LOG_LEVEL: "ERROR",
    ALLOWED_HOSTS: "*",
    ARCHIVE_ROOT: `${files}/`,
    STATIC_ROOT: join(folder, "static"),
    SQL_DATABASE: join(folder, "db.sqlite3"),
    ...database?.settings,
  };
  const run = (...args) => {
    const result = spawnSync(python, args, { env: environment, encoding: "utf8" });
    if (result.status !== 0) throw new Error(`pyobs-archive: ${args[1]}: ${result.stderr}`);
    return result.stdout;
  };
  run("-m", "django", "migrate", "--verbosity=0");
  run("-m", "django", "collectstatic", "--noinput", "--verbosity=0");
  const tokens = JSON.parse(run("-c", MAKE_ACCOUNTS, JSON.stringify(accounts)));

  const port = await freePort();
  const gunicorn = spawnSync(python, ["-c", "import gunicorn"]).status === 0;
  const log = join(folder, "log");
  const output = openSync(log, "a");
  const server = spawn(
    python,
    gunicorn
      ? ["-m", "gunicorn", "--bind", `127.0.0.1:${port}`, `--workers=${workers}`, "--timeout=120", "pyobs_archive.wsgi"]
      : ["-m", "django", "runserver", "--noreload", `127.0.0.1:${port}`],
    { env: environment, stdio: ["ignore", output, output] },
  );
  // Whatever else fails: nothing is left running.
  process.once("exit", () => server.kill("SIGTERM"));
  const url = `http://127.0.0.1:${port}/`;
  for (let tries = 0; ; tries++) {
    if (
      await fetch(new URL("accounts/login/", url)).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      break;
    if (tries === 150 || server.exitCode !== null)
      throw new Error(`pyobs-archive did not start:\n${readFileSync(log)}`);
    await new Promise((done) => setTimeout(done, 200));
  }
  const stop = () =>
    new Promise((done) => {
      server.once("exit", () => {
        database?.stop();
        rmSync(folder, { recursive: true, force: true });
        done();
      });
      server.kill("SIGTERM");
    });
  return { url, tokens, files, log, environment, stop };
}
