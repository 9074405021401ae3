/** The kernels of this isolate, for code that runs in a Worker. `browser.ts` is that of browsers. */
import { loadKernels } from "./kernels.ts";
import module from "./kernels.wasm";

export const kernels = loadKernels(module);
