/** The wire format of Protocol Buffers, without descriptions of messages. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.protobuf;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
