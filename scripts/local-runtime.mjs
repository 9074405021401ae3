/**
 * Environment of the local runtime, for `npm start` and the benchmarks alike; what of it is set already stays.
 *
 * `--initial-old-space-size=4`: V8 collects all of a heap for the first time when it has 4 MB, not 256. The local R2
 * passes every 4 KiB of a file through streams in JavaScript, and what these leave behind outside of the heap goes only
 * in such a collection. `--max-semi-space-size=2`: new objects are looked through every 2 MB, not 16. With both, an
 * upload of 98.7 MB adds 42 to 44 MB to workerd; without, 126 to 128. Their price: frames of 2048² and 4096² took some
 * tenth longer to store (npm run bench:upload, three runs of each).
 */
export const LOCAL_RUNTIME = {
  MINIFLARE_WORKERD_V8_FLAGS:
    process.env.MINIFLARE_WORKERD_V8_FLAGS ?? "--initial-old-space-size=4 --max-semi-space-size=2",
};
