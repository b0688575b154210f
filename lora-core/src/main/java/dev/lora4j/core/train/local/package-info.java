/** Local SGD: what several parts of a run have come to on their own becomes one. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.train.local;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
