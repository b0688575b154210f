/** Contract tests of commands of the command line, for use with {@code dev.lora4j.testkit}. */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.testkit.command;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
