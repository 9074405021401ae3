/** The kernels of this isolate, for code that runs in a Worker. Browsers compile `kernels.wasm` themselves. */
import { loadKernels } from "./kernels.ts";
import module from "./kernels.wasm";

export const kernels = loadKernels(module);
