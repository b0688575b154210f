/**
 * Quantised weights in safetensors files of other programs: which tensors belong together, and what
 * form of weight they are.
 */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.core.quantised.file;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
