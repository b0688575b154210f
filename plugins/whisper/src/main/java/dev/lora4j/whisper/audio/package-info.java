/** Recordings as Whisper's encoder reads them: samples of WAV files, their spectra. */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.whisper.audio;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
