/** Language models of all families, as they are staged: tokens in, vectors out. */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.text.network;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
