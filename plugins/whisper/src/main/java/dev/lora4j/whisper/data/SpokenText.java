package dev.lora4j.whisper.data;

import dev.lora4j.whisper.audio.Wave;

/**
 * A recording with what is said in it.
 *
 * @param where it comes from, for messages
 * @param sound at 16 kHz
 * @param text what is said
 */
public record SpokenText(String where, Wave sound, String text) {}
