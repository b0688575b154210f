/**
 * The layout of PEFT: a folder with a configuration and tensors, and the parts that diffusers
 * shares.
 */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.core.format.peft;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
