/** OPT. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.text.opt;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
