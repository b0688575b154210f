/** Pictures and captions in Parquet files, the form of data sets on the Hugging Face Hub. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.parquet;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
