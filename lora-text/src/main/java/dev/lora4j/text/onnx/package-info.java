/** Weights of encoders out of ONNX files. */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.text.onnx;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
