/** (IA)3 (Liu et al. 2022): inputs or outputs of a layer scaled one by one. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.ia3;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
