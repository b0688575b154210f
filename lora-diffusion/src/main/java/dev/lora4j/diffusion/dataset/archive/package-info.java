/** Files that hold the pictures of a data set, which are unpacked into folders once. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.dataset.archive;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
