"""Which of ImageNet's 1,000 classes add up to which label of the photo project.

ImageNet has no class for a person: what people wear stands for them, besides ballplayer, groom and scuba diver.
Numbers are the usual positions of the classes, 0 to 999; every class belongs to exactly one label.
"""


def _numbers(text: str) -> list[int]:
    numbers: list[int] = []
    for part in text.split():
        first, _, last = part.partition("-")
        numbers.extend(range(int(first), int(last or first) + 1))
    return numbers


_NAMED = {
    "person": _numbers(
        "399 400 411 433 439 445 451 452 457 459 461 465 474 490 501 502 514 515 518 524 552 560 568 570 578 601 "
        "608 610 614 617 630 638 639 643 652 655 658 667 678 679 689 691 697 715 735 770 774 775 793 796 801 806 "
        "808 824 834 836 837 841 842 869 887 903 906 981-983"
    ),
    "cat": _numbers("281-285"),
    "dog": _numbers("151-268"),
    "animal": _numbers("0-150 269-280 286-397"),
    "plant": _numbers("738 946 947 958 984-986 988-998"),
    "food": _numbers("924-945 948-957 959-965 987"),
    "drink": _numbers("440 441 504 572 737 907 966-969"),
    "building": _numbers(
        "406 415 421 425 437 442 449 454 460 467 483 497 498 500 509 517 525 536 538 540 562 580 582 624 634 649 "
        "660 663 668 672 682 698 706 716 718 727 743 762 788 799 819 821 832 839 853 858 860 863 865 873 884 888 "
        "900 912 915"
    ),
    "vehicle": _numbers(
        "403-405 407 408 417 436 444 450 466 468 472 475 479 484 510 511 535 537 547 554 555 561 565 569 573 575 "
        "576 581 586 595 603 609 612 625 627 628 654 656 661 665 670 671 675 690 694 705 717 724 734 751 757 779 "
        "780 802 803 814 817 820 829 833 847 856 864 866 867 870 871 874 880 895 908 913 914"
    ),
    "rocket": _numbers("657 744 812"),
    "landscape": _numbers("970 972-980"),
    "device": _numbers(
        "409 426 447 480 482 485 487 508 527 528 530 531 571 590 592 604 605 613 620 622 632 633 635 650 662 664 "
        "673 681 685 688 704 707 713 732 742 745 754 755 759 761 778 782 807 810 818 823 826 835 844 848 851 872 "
        "878 886 892"
    ),
    "texture": _numbers("489 506 539 599 646 741 750 815 825 885 911 918"),
    "other": _numbers("916 917 921 922 971"),
}

CLASSES = {**_NAMED, "object": sorted(set(range(1000)) - {n for numbers in _NAMED.values() for n in numbers})}

assert sorted(n for numbers in CLASSES.values() for n in numbers) == list(range(1000)), "a class counts twice"
