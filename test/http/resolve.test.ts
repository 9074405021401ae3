/** Positions by name. This machine has no network: what resolvers answer is in the forms that they document. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { app } from "../../src/app.ts";
import { readAnswer } from "../../src/archive/resolver-answer.ts";
import { ConfigError, readConfig } from "../../src/config.ts";
import { addRecordedUsers, TOKENS } from "./archive.ts";

/** As Sesame's `-oxp` answers; the first catalogue of several that knows the name comes first. */
function xml(name: string, ...resolvers: string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<Sesame xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<Target option="SNV">
  <name>${name}</name>
  <!-- Q22661971 #1 -->
  ${resolvers.join("\n  ")}
</Target>
</Sesame>
<!--- ====Done (2026-Nov-22,13:37:11z)==== -->`;
}

const M51 = `<Resolver name="S=Simbad (CDS, via client/server)">
    <INFO>from cache</INFO>
    <otype>GiP</otype>
    <jpos>13:29:52.698 +47:11:42.93</jpos>
    <jradeg>202.469575</jradeg>
    <jdedeg>+47.1952583</jdedeg>
    <errRAmas>1080000</errRAmas><errDEmas>1080000</errDEmas>
    <oname>M  51</oname>
  </Resolver>`;
const NOTHING = '<Resolver name="S=Simbad (CDS, via client/server)"><INFO>*** Nothing found ***</INFO></Resolver>';
const DOWN = '<Resolver name="N=NED"><INFO>*** Could not access the server ***</INFO></Resolver>';

/** From the tests of astropy 5.2's name_resolve, which recorded it. */
const PLAIN = `# ngc3642    #Q22523722
#=S=Simbad (via url):    1
%@ 503952
%I.0 NGC 3642
%C.0 LIN
%C.N0 15.15.01.00
%J 170.5750583 +59.0742417 = 11:22:18.01 +59:04:27.2
%V z 1593 0.005327 [0.000060] D 2002LEDA.........0P


#=V=VizieR (local):    1
%J 170.56 +59.08 = 11:22.2     +59:05
%I.0 {NGC} 3642


#!N=NED : *** Could not access the server ***

#====Done (2013-Feb-12,16:39:48z)====`;

afterEach(() => {
  vi.restoreAllMocks();
});

describe("an answer", () => {
  it("is read in every form", () => {
    const m51 = { ra: 202.469575, dec: 47.1952583, designation: "M 51", source: "Simbad" };
    expect(readAnswer(xml("M51", M51))).toEqual(m51);
    expect(readAnswer(xml("M51", NOTHING, M51.replace("S=Simbad", "N=NED")))).toEqual({ ...m51, source: "NED" });
    expect(readAnswer(PLAIN)).toEqual({ ra: 170.5750583, dec: 59.0742417, designation: "NGC 3642", source: "Simbad" });
    const m88 = '{"ra":"12 31 59.216","dec":"+14 25 13.48","ra_d":187.996733,"dec_d":14.420411,"name":"M  88"}';
    expect(readAnswer(m88)).toEqual({ ra: 187.996733, dec: 14.420411, designation: "M 88", source: null });
    expect(readAnswer(xml("x", M51.replace("M  51", "a&lt;b&amp;c")))).toMatchObject({ designation: "a<b&c" });
  });

  it("without a position is none, or says that the resolver is ill", () => {
    expect(readAnswer(xml("x", NOTHING))).toBe("unknown");
    expect(readAnswer(xml("x", NOTHING, DOWN))).toBe("failed");
    expect(readAnswer(xml("x", M51.replace("202.469575", "")))).toBe("unknown");
    expect(readAnswer(xml("x", M51.replace("202.469575", "999")))).toBe("unknown");
    expect(readAnswer("# x  #Q1\n#!S=Simbad: No known catalog could be found\n")).toBe("unknown");
    expect(readAnswer('{"error":"No match found"}')).toBe("unknown");
    expect(readAnswer('{"argument_of_perihelion":63.2,"name":"ceres"}')).toBe("unknown");
    for (const text of ["", "<html>Sorry</html>", "{", "null", "[1]", "Service unavailable"]) {
      expect([text, readAnswer(text)]).toEqual([text, "strange"]);
    }
  });
});

describe("/resolve/", () => {
  beforeAll(addRecordedUsers);

  /** Asks the archive with settings of its own; `upstream` plays the resolver. */
  async function ask(path: string, upstream: (url: URL, init: RequestInit) => Response | Promise<Response>, vars = {}) {
    const asked: string[] = [];
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : String(input));
      asked.push(url.href);
      return upstream(url, init as RequestInit);
    });
    const context = createExecutionContext();
    const request = new Request(`http://archive${path}`, { headers: { Authorization: `Token ${TOKENS.user}` } });
    const response = await app.fetch(request, { ...env, ...vars }, context);
    await waitOnExecutionContext(context);
    return { status: response.status, body: (await response.json()) as object, asked };
  }

  const silent = () => {
    throw new Error("The resolver was asked.");
  };

  it("answers a position, asked for once and then kept", async () => {
    const first = await ask("/resolve/?name=M51", () => new Response(xml("M51", M51)));
    const body = { name: "M51", ra: 202.469575, dec: 47.1952583, designation: "M 51", source: "Simbad" };
    expect(first).toEqual({
      status: 200,
      body,
      asked: ["https://cds.unistra.fr/cgi-bin/nph-sesame/-oxp/SNV?M51"],
    });
    expect(await ask("/resolve/?name=%20M51%20", silent)).toEqual({ status: 200, body, asked: [] });
  });

  it("keeps for a while that a name is unknown", async () => {
    const detail = 'The name resolver knows no object called "no such".';
    const answer = await ask("/resolve/?name=no++such", () => new Response(xml("no such", NOTHING)));
    expect([answer.status, answer.body, answer.asked.length]).toEqual([404, { detail }, 1]);
    expect(await ask("/resolve/?name=no+such", silent)).toEqual({ status: 404, body: { detail }, asked: [] });
    const vars = { RESOLVER_URL: "https://simbad2k.example/{name}" };
    const missing = await ask(
      "/resolve/?name=no+such",
      () => new Response("<h1>Not Found</h1>", { status: 404 }),
      vars,
    );
    expect([missing.status, missing.asked]).toEqual([404, ["https://simbad2k.example/no%20such"]]);
  });

  it("asks the host of the setting alone, whatever the name", async () => {
    const vars = { RESOLVER_URL: "https://simbad2k.example/{name}?target_type=sidereal" };
    for (const name of ["//evil.example/x", "@evil.example/", "../../x?y=1#z", "a/b", "x&y=z", "\\\\evil.example\\x"]) {
      const { asked } = await ask(
        `/resolve/?name=${encodeURIComponent(name)}`,
        () => Response.json({ error: "no" }),
        vars,
      );
      expect([name, new URL(asked[0]!).host, new URL(asked[0]!).search]).toEqual([
        name,
        "simbad2k.example",
        "?target_type=sidereal",
      ]);
    }
    const away = await ask("/resolve/?name=away", () => Response.redirect("https://evil.example/", 302), vars);
    expect([away.status, away.asked.length]).toEqual([503, 1]);
    const plain = await ask("/resolve/?name=plain", () => Response.redirect("http://simbad2k.example/x", 302), vars);
    expect([plain.status, plain.asked.length]).toEqual([503, 1]);
    const within = await ask(
      "/resolve/?name=within",
      ({ pathname }) =>
        pathname === "/moved"
          ? Response.json({ ra_d: 1, dec_d: 2, name: "w" })
          : Response.redirect("https://simbad2k.example/moved", 301),
      vars,
    );
    expect(within.body).toEqual({ name: "within", ra: 1, dec: 2, designation: "w", source: "simbad2k.example" });
    const round = await ask(
      "/resolve/?name=round",
      () => Response.redirect("https://simbad2k.example/round", 302),
      vars,
    );
    expect([round.status, round.asked.length]).toEqual([503, 4]);
  });

  it("says in words that the resolver does not answer, and asks again the next time", async () => {
    const never = (_: URL, { signal }: RequestInit) =>
      new Promise<Response>((_, reject) => signal!.addEventListener("abort", () => reject(signal!.reason)));
    const cases: [string, (url: URL, init: RequestInit) => Response | Promise<Response>][] = [
      ["The name resolver did not answer within 0.2 s.", never],
      ["The name resolver cannot be reached.", () => Promise.reject(new TypeError("connect failed"))],
      ["The name resolver answered with an error (502); try again later.", () => new Response("", { status: 502 })],
      ["The name resolver gave no answer that can be read.", () => new Response("<html>Maintenance</html>")],
      ["The name resolver gave no answer that can be read.", () => new Response(`<${"x".repeat(300_000)}`)],
      [
        "The name resolver could not ask all of its catalogues; try again later.",
        () => new Response(xml("x", NOTHING, DOWN)),
      ],
    ];
    for (const [detail, upstream] of cases) {
      const answer = await ask("/resolve/?name=ill", upstream, { RESOLVER_SECONDS: "0.2" });
      expect([detail, answer.status, answer.body, answer.asked.length]).toEqual([detail, 503, { detail }, 1]);
    }
  });

  it("refuses what is no name, and everything where it is off", async () => {
    for (const name of ["", "%20", "..", "%00", "a%0Ab%01", "x".repeat(101)]) {
      const answer = await ask(`/resolve/?name=${name}`, silent);
      expect([name, answer.status, Object.keys(answer.body)]).toEqual([name, 400, ["name"]]);
    }
    const off = await ask("/resolve/?name=M51", silent, { RESOLVER_URL: "off" });
    expect([off.status, off.body]).toEqual([
      404,
      { detail: "This archive resolves no names (its setting RESOLVER_URL is off)." },
    ]);
  });

  it("takes only settings that name one host", () => {
    const read = (RESOLVER_URL: string) => readConfig({ SECRET_KEY: "x".repeat(32), RESOLVER_URL }).resolverUrl;
    expect(read("http://names.example/{name}?x={name}")).toBe("http://names.example/{name}?x={name}");
    for (const url of ["https://names.example/", "https://{name}/", "https://{name}.example/", "file:///{name}", "x"]) {
      expect(() => read(url)).toThrow(ConfigError);
    }
  });
});
