/** What is said about a picture: how it varies from step to step, and what looks wrong in it. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.dataset.caption;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
