/** RandLoRA: sums of products of drawn matrices, of full rank. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.randlora;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
