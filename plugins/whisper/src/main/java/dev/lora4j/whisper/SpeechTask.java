package dev.lora4j.whisper;

/** Task of a transcript, by the names of Whisper's tokens. */
public enum SpeechTask {
  /** In the language that is spoken. */
  TRANSCRIBE,
  /** In English. */
  TRANSLATE
}
