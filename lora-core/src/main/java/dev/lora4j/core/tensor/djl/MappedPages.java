package dev.lora4j.core.tensor.djl;

import ai.djl.pytorch.engine.PtNDArray;
import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/** The memory pages of mapped files, which the system can take back at any time. */
final class MappedPages {
  /** {@code MADV_DONTNEED}: a private mapping without writes keeps the file's content. */
  private static final int DO_NOT_NEED = 4;

  /** {@code MADV_WILLNEED}: the system begins to read the file, and does not wait for it. */
  private static final int WILL_NEED = 3;

  private static final int PAGE_SIZE = 30;

  private MappedPages() {}

  /** Releases the pages that lie wholly within a tensor of a mapping; Linux only. */
  static void drop(PtNDArray array, long bytes) {
    long begin = begin(array, bytes);
    if (begin > 0) {
      advise((begin + Page.SIZE - 1) / Page.SIZE, (begin + bytes) / Page.SIZE, DO_NOT_NEED);
    }
  }

  /** Lets the system read the pages of a tensor of a mapping beforehand; Linux only. */
  static void readAhead(PtNDArray array, long bytes) {
    long begin = begin(array, bytes);
    if (begin > 0) {
      advise(begin / Page.SIZE, (begin + bytes + Page.SIZE - 1) / Page.SIZE, WILL_NEED);
    }
  }

  /** Address of a tensor of a mapping; 0 if nothing can be advised about it. */
  private static long begin(PtNDArray array, long bytes) {
    if (!Platform.isLinux() || bytes == 0) {
      return 0;
    }
    ByteBuffer memory = array.toByteBuffer(true);
    return memory.isDirect() ? Pointer.nativeValue(Native.getDirectBufferPointer(memory)) : 0;
  }

  private static void advise(long firstPage, long endPage, int advice) {
    if (firstPage < endPage) {
      // A refusal only means that the pages stay as they are.
      Page.ADVISE.invokeInt(
          new Object[] {
            new Pointer(firstPage * Page.SIZE),
            new NativeLong((endPage - firstPage) * Page.SIZE),
            advice
          });
    }
  }

  /** Looked up when first needed. */
  private static final class Page {
    static final Function ADVISE = Function.getFunction("c", "madvise");
    static final long SIZE =
        Function.getFunction("c", "sysconf").invokeLong(new Object[] {PAGE_SIZE});
  }
}
