import { render } from "preact";
import { App } from "./app.tsx";
import { followLinks } from "./router.ts";
import "./design/tokens.css";
import "./design/base.css";
import "./design/controls.css";
import "./design/field.css";
import "./design/panel.css";

followLinks();
render(<App />, document.getElementById("app")!);
