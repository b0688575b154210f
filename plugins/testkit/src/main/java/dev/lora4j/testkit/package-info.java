/**
 * Contract tests of each extension point. Whoever writes an extension extends the contract of its
 * point, names the extension, and runs it with the tests of the plug-in.
 */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.testkit;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
