package dev.lora4j.core.tensor.djl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes folders that look like a libtorch to whoever only reads. */
final class FakeLibtorch {
  private final Path folder;

  private FakeLibtorch(Path folder) {
    this.folder = folder;
  }

  /** The folder {@code lib} of a libtorch for the CPU, without any note of its version. */
  static FakeLibtorch in(Path parent) {
    FakeLibtorch made = new FakeLibtorch(parent.resolve("lib"));
    made.library("torch", "");
    made.library("torch_cpu", "code and data");
    return made.library("c10", "_ZN3c105ErrorC1ENS_14SourceLocationENSt7__cxx1112basic_string");
  }

  /** With the note that an archive of libtorch has. */
  FakeLibtorch noted(String version) {
    return file(folder.resolveSibling("build-version"), version + "\n");
  }

  /** With what a libtorch for cards has. */
  FakeLibtorch forCards() {
    return library("c10_cuda", "");
  }

  /** With the symbols of the C++ ABI of before 2011. */
  FakeLibtorch ofOldAbi() {
    return library("c10", "\0_ZN3c105ErrorC1ENS_14SourceLocationESs\0");
  }

  FakeLibtorch library(String name, String content) {
    return file(folder.resolve(System.mapLibraryName(name)), content);
  }

  FakeLibtorch file(Path file, String content) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, content, StandardCharsets.ISO_8859_1);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The folder with the libraries. */
  Path folder() {
    return folder;
  }
}
