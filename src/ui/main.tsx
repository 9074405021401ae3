import { render } from "preact";
import { recogniseSession } from "./api/session.ts";
import { App } from "./app.tsx";
import { followLinks } from "./router.ts";
import "./design/tokens.css";
import "./design/base.css";
import "./design/controls.css";

followLinks();
void recogniseSession();
render(<App />, document.getElementById("app")!);
