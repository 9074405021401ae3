import { pageOf, place } from "./router.ts";

/** The frame around every page: header, navigation, the page of the present address. */
export function App() {
  const page = pageOf(place.value.path);
  return (
    <main id="main">
      <h1>Platevault</h1>
      <p>{page === null ? "There is no page at this address." : "The archive's pages are being built."}</p>
    </main>
  );
}
