package dev.lora4j.spi;

import java.util.List;

/** Something that brings extensions: the class path, or a jar of a plug-ins folder. */
interface ExtensionSource {
  /** Origin for people: a file, or the class path. */
  String origin();

  /** Its extensions, listed without running their code. */
  List<ExtensionInfo> extensions();

  /**
   * The class of one of them.
   *
   * @throws ExtensionException if it cannot be loaded
   */
  Class<?> load(ExtensionInfo info);
}
