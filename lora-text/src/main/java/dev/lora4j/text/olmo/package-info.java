/** OLMo 2 and 3. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.text.olmo;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
