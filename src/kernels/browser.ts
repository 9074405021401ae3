/** The kernels of a browser's thread, best of a Web Worker: vite gives the module's address, `tsconfig.json` of src/ui the types. */
import { loadKernels } from "./kernels.ts";
import address from "./kernels.wasm?url";

/**
 * Fetches and compiles the kernels: an instance of this thread's own, for `openFits` and `draw`. Without any, which is
 * TypeScript throughout, where the browser knows no SIMD or a policy forbids WebAssembly; throws what `fetch` throws.
 */
export async function browserKernels(): Promise<Partial<ReturnType<typeof loadKernels>>> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`The kernels could not be fetched (status ${answer.status}).`);
  const bytes = await answer.arrayBuffer();
  try {
    return loadKernels(await WebAssembly.compile(bytes));
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return {};
    throw error;
  }
}
