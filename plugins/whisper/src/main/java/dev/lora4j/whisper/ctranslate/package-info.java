/** Models of CTranslate2, as folders of transformers. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.whisper.ctranslate;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
