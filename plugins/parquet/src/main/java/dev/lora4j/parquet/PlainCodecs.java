package dev.lora4j.parquet;

import io.airlift.compress.Decompressor;
import io.airlift.compress.MalformedInputException;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.snappy.SnappyDecompressor;
import io.airlift.compress.zstd.ZstdDecompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Unpacks pages in Java alone: no Hadoop, no native library. It packs nothing. */
record PlainCodecs() implements CompressionCodecFactory {
  /** A page holds a few pictures; writers begin a new one at a megabyte. */
  static final int MOST_PAGE = 1 << 30;

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    throw new UnsupportedOperationException("Nothing is written.");
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    return switch (codec) {
      case UNCOMPRESSED -> new Pages((packed, size) -> packed);
      case SNAPPY -> new Pages((packed, size) -> unpacked(new SnappyDecompressor(), packed, size));
      case ZSTD -> new Pages((packed, size) -> unpacked(new ZstdDecompressor(), packed, size));
      case LZ4_RAW -> new Pages((packed, size) -> unpacked(new Lz4Decompressor(), packed, size));
      case GZIP -> new Pages(PlainCodecs::gunzipped);
      default ->
          throw new IllegalArgumentException(
              "its pages are packed as "
                  + codec
                  + "; expected snappy, gzip, zstd, lz4_raw or none. Write it again with one of"
                  + " these");
    };
  }

  @Override
  public void release() {}

  private static byte[] unpacked(Decompressor codec, byte[] packed, int size) throws IOException {
    byte[] page = new byte[size];
    try {
      int count = codec.decompress(packed, 0, packed.length, page, 0, size);
      if (count != size) {
        throw new IOException("a page has " + count + " bytes; expected " + size);
      }
      return page;
    } catch (MalformedInputException | IndexOutOfBoundsException e) {
      throw new IOException("a page cannot be unpacked: " + e.getMessage(), e);
    }
  }

  private static byte[] gunzipped(byte[] packed, int size) throws IOException {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      byte[] page = in.readNBytes(size);
      if (page.length != size) {
        throw new IOException("a page has " + page.length + " bytes; expected " + size);
      }
      return page;
    }
  }

  /** Unpacks one page. */
  private interface Codec {
    byte[] unpacked(byte[] packed, int size) throws IOException;
  }

  private record Pages(Codec codec) implements BytesInputDecompressor {
    @Override
    public BytesInput decompress(BytesInput packed, int size) throws IOException {
      if (size < 0 || size > MOST_PAGE) {
        throw new IOException(
            "a page says that it has " + size + " bytes; expected at most " + MOST_PAGE);
      }
      return BytesInput.from(codec.unpacked(packed.toInputStream().readAllBytes(), size));
    }

    @Override
    public void decompress(ByteBuffer packed, int packedSize, ByteBuffer page, int size)
        throws IOException {
      byte[] bytes = new byte[packedSize];
      packed.get(bytes);
      page.put(decompress(BytesInput.from(bytes), size).toInputStream().readAllBytes());
    }

    @Override
    public void release() {}
  }
}
