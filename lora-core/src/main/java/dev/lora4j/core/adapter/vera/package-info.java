/** VeRA: two drawn matrices that all layers share, and vectors that scale them. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.vera;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
