/** Nothing but R2: takes a request's body and puts it. What this costs locally is miniflare's part of every upload. */
export default {
  async fetch(request, env) {
    await env.FILES.put(crypto.randomUUID(), await request.arrayBuffer());
    return new Response("ok");
  },
} satisfies ExportedHandler<Env>;
