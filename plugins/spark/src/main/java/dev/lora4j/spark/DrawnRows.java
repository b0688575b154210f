package dev.lora4j.spark;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.diffusion.record.GeneratedImage;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.StructType;

/** Draws the rows of a partition, one after the other, as they are asked for. */
final class DrawnRows implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  private final ExecutorModel base;
  private final Broadcast<List<AdapterFile>> adapters;
  private final boolean errors;
  private final StructType schema;

  DrawnRows(
      ExecutorModel base,
      Broadcast<List<AdapterFile>> adapters,
      boolean errors,
      StructType schema) {
    this.base = base;
    this.adapters = adapters;
    this.errors = errors;
    this.schema = schema;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Row next() {
        return drawn(rows.next());
      }
    };
  }

  private Row drawn(Row row) {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < row.length(); i++) {
      values.add(row.get(i));
    }
    try {
      GeneratedImage image =
          ExecutorBases.of(base).generate(PromptColumns.prompt(row, this::adapter));
      byte[] png = image.png();
      values.add(png);
      values.add(image.record().json());
      values.add(Digests.hex(png));
      if (errors) {
        values.add(null);
      }
    } catch (IllegalArgumentException | AdapterException | TensorException e) {
      String reason = PromptColumns.named(row) + " cannot be drawn: " + e.getMessage();
      if (!errors) {
        throw new TaskFailure(reason, e);
      }
      values.addAll(Arrays.asList(null, null, null, reason));
    } catch (ModelException | UncheckedIOException e) {
      // Of this machine, not of the row.
      throw new TaskFailure(
          PromptColumns.named(row)
              + " was not drawn on "
              + ExecutorBases.host()
              + ": "
              + e.getMessage(),
          e);
    }
    return new GenericRowWithSchema(values.toArray(), schema);
  }

  private Adapter adapter(String name) {
    return adapters.value().stream()
        .filter(file -> file.name().equals(name))
        .findFirst()
        .map(file -> ExecutorBases.adapter(base, file))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no adapter '"
                        + name
                        + "'; "
                        + (adapters.value().isEmpty() ? "none is given" : "given are " + names())));
  }

  private String names() {
    return adapters.value().stream().map(AdapterFile::name).collect(Collectors.joining(", "));
  }
}
