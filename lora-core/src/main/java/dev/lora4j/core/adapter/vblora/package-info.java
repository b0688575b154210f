/** VB-LoRA: factors put together of vectors from one bank. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.vblora;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
