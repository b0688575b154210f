/** ResNets, their names in files and what is read of these. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.vision.network;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
