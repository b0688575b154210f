package dev.lora4j.diffusion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses of stores where a run expects paths. */
class StoreAddressTest {
  @TempDir private Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("run.toml"), text);
  }

  private RunValues read(String text, StoreFiles stores) throws IOException {
    SettingLayers layers = new SettingLayers(all -> TrainerOptions.NONE, stores);
    RunFile.read(file(text), layers);
    return layers.values();
  }

  @Test
  void addressesBecomeCopiesAndPathsStay() throws IOException {
    List<String> asked = new ArrayList<>();
    StoreFiles stores =
        address -> {
          asked.add(address);
          return "/copies/" + address.substring(address.lastIndexOf('/') + 1);
        };
    RunValues values =
        read(
            """
            base = "s3a://bucket/base"
            output = "ink.safetensors"
            comment = "from s3a://bucket"
            [[data.datasets]]
            resolution = 64
            [[data.datasets.subsets]]
            image_dir = "hdfs://host:9000/pictures.tar"
            [[data.datasets.subsets]]
            image_dir = "pictures"
            conditioning_data_dir = "s3a://bucket/masks"
            """,
            stores);
    assertEquals("/copies/base", values.get(RunKeys.BASE));
    assertEquals(folder.resolve("ink.safetensors").toString(), values.get(RunKeys.OUT));
    assertEquals(Optional.of("from s3a://bucket"), values.comment());
    assertEquals(
        List.of(
            Map.of(
                "resolution",
                64L,
                "subsets",
                List.of(
                    Map.of("image_dir", "/copies/pictures.tar"),
                    Map.of(
                        "image_dir",
                        folder.resolve("pictures").toString(),
                        "conditioning_data_dir",
                        "/copies/masks")))),
        values.data().get("datasets"));
    assertEquals(
        List.of("s3a://bucket/base", "hdfs://host:9000/pictures.tar", "s3a://bucket/masks"), asked);
  }

  @Test
  void whatAnotherLayerReplacesIsNotCopied() throws IOException {
    List<String> asked = new ArrayList<>();
    SettingLayers layers =
        new SettingLayers(
            all -> TrainerOptions.NONE,
            address -> {
              asked.add(address);
              return "/copy";
            });
    RunFile.read(file("base = \"s3a://bucket/large\""), layers);
    // A path that was made of an address, as options of commands have it.
    layers.set("base", Path.of("s3a://bucket/small").toString(), "--base");
    assertEquals("/copy", layers.values().get(RunKeys.BASE));
    assertEquals(List.of("s3a://bucket/small"), asked);
  }

  @Test
  void addressesAreRefusedByNameWhereNothingCopiesThem() {
    RunProblems e =
        assertThrows(
            RunProblems.class,
            () ->
                read(
                    """
                    base = "s3a://bucket/base"
                    images = "s3a://bucket/pictures"
                    """,
                    StoreFiles.NONE));
    assertEquals(
        List.of(
            "run.toml, line 1: base is s3a://bucket/base, the address of a store; expected a path."
                + " lora4j spark train copies from stores; for other commands copy it yourself.",
            "run.toml, line 2: images is s3a://bucket/pictures, the address of a store; expected a"
                + " path. lora4j spark train copies from stores; for other commands copy it"
                + " yourself."),
        e.problems());
  }

  @Test
  void whatIsWrittenGoesToAPath() {
    RunProblems e =
        assertThrows(
            RunProblems.class,
            () -> read("output = \"s3a://bucket/ink.safetensors\"", address -> "/copy"));
    assertTrue(
        e.getMessage().contains("output is s3a://bucket/ink.safetensors, the address of a store"),
        e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3a://bucket/base", "hdfs://host:9000/x", "gs://b/c d", "shop://disk/x"})
  void textsWithASchemeAreAddresses(String text) {
    assertTrue(StoreAddress.is(text));
    assertEquals(Optional.of(text), StoreAddress.of(Path.of(text).toString()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"C:/base", "C://base", "base", "/base", "./s3a:/x", "s3a:", "http:x", ""})
  void pathsAreNone(String text) {
    assertFalse(StoreAddress.is(text));
    assertEquals(Optional.empty(), StoreAddress.of(text));
  }
}
