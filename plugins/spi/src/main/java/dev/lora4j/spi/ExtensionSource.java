package dev.lora4j.spi;

import java.util.List;

/** Something that brings extensions: the class path, or a jar of a plug-ins folder. */
interface ExtensionSource {
  /** For people: a file, or the class path. */
  String origin();

  /** What it brings, without running any of it. */
  List<ExtensionInfo> extensions();

  /**
   * The class of one of them.
   *
   * @throws ExtensionException if it cannot be loaded
   */
  Class<?> load(ExtensionInfo info);
}
