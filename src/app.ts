/**
 * Every route of the archive: one line per resource file of `http/`. A new resource exports a sub-app made by
 * `resource()` with full paths in its routes, and gets a line here; whatever it throws becomes JSON in `http/errors.ts`.
 */
import { admin } from "./http/admin.ts";
import { aggregate } from "./http/aggregate.ts";
import { auth } from "./http/auth.ts";
import { catalog } from "./http/catalog.ts";
import { check } from "./http/check.ts";
import { resource } from "./http/context.ts";
import { cors } from "./http/cors.ts";
import { create } from "./http/create.ts";
import { csrf } from "./http/csrf.ts";
import { remove } from "./http/delete.ts";
import { download } from "./http/download.ts";
import { answerError } from "./http/errors.ts";
import { fallback } from "./http/fallback.ts";
import { frames } from "./http/frames.ts";
import { headers } from "./http/headers.ts";
import { health } from "./http/health.ts";
import { home } from "./http/home.ts";
import { prepare } from "./http/middleware.ts";
import { nights } from "./http/nights.ts";
import { objects } from "./http/objects.ts";
import { openapi } from "./http/openapi.ts";
import { files } from "./http/pages.ts";
import { preview } from "./http/preview.ts";
import { profile } from "./http/profile.ts";
import { pathBelowRoot } from "./http/public-address.ts";
import { related } from "./http/related.ts";
import { resolve } from "./http/resolve.ts";
import { searches } from "./http/searches.ts";
import { selection } from "./http/selection.ts";
import { share } from "./http/share.ts";
import { uploads } from "./http/uploads.ts";
import { versions } from "./http/versions.ts";
import { zip } from "./http/zip.ts";
import { HolderChanged } from "./store/holders.ts";

export const app = resource({ getPath: pathBelowRoot });

app.use(files(app), cors, prepare, csrf);
// What a request leant on has changed while it was answered: it is answered again, knowing nothing this time.
app.onError((error, c) =>
  error instanceof HolderChanged ? app.fetch(c.req.raw, c.env, c.executionCtx) : answerError(error, c),
);
app.notFound(fallback(app));

app.route("/", home);
app.route("/", frames);
app.route("/", create);
app.route("/", remove);
app.route("/", uploads);
app.route("/", aggregate);
app.route("/", nights);
app.route("/", objects);
app.route("/", resolve);
app.route("/", related);
app.route("/", headers);
app.route("/", catalog);
app.route("/", preview);
app.route("/", download);
app.route("/", zip);
app.route("/", selection);
app.route("/", share);
app.route("/", versions);
app.route("/", auth);
app.route("/", profile);
app.route("/", searches);
app.route("/", admin);
app.route("/", check);
app.route("/", health);
app.route("/", openapi(app));
