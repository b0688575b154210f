/** StarCoder2. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.text.starcoder2;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
