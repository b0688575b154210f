package dev.lora4j.core.format;

import dev.lora4j.core.adapter.Adapter;

/** An adapter read from a file, with the account of the file's keys. */
public record LoadedAdapter(Adapter adapter, KeyAccount account) {}
