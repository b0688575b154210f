package dev.lora4j.hub.source;

/** A place that has adapters. */
public sealed interface PullSource permits HuggingFaceSource, CivitaiSource, LinkSource {
  /** The source as the command line takes it, without anything secret. */
  String text();
}
