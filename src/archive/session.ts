/** Browser sessions: a signed JWT in an HttpOnly cookie. It names the account and its epoch; D1 has the last word. */
import { jwtVerify, SignJWT } from "jose";
import type { Config } from "../config.ts";

export const SESSION_COOKIE = "sessionid";

const ISSUER = "platevault";

/** Sessions have a key of their own, so that nothing else signed with SECRET_KEY can pass for one. */
async function keyOf(config: Pick<Config, "secretKey">): Promise<Uint8Array> {
  const secret = new TextEncoder().encode(`platevault session\0${config.secretKey}`);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", secret));
}

/** A session of `sessionSeconds` for the account as it is now. */
export async function startSession(
  config: Pick<Config, "secretKey" | "sessionSeconds">,
  account: { id: number; epoch: number },
  now: number,
): Promise<string> {
  const seconds = Math.floor(now / 1000);
  return new SignJWT({ epoch: account.epoch })
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer(ISSUER)
    .setSubject(String(account.id))
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + config.sessionSeconds)
    .sign(await keyOf(config));
}

/** The account id and epoch of a session, or null where it is none, altered or over. */
export async function readSession(
  config: Pick<Config, "secretKey">,
  session: string,
  now: number,
): Promise<{ id: number; epoch: number } | null> {
  try {
    const { payload } = await jwtVerify(session, await keyOf(config), {
      issuer: ISSUER,
      algorithms: ["HS256"],
      requiredClaims: ["sub", "exp", "epoch"],
      currentDate: new Date(now),
    });
    return { id: Number(payload.sub), epoch: Number(payload.epoch) };
  } catch {
    return null;
  }
}
