/** Weights of encoders out of ONNX files. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.onnx;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
