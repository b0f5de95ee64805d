# The inside of an arena, run by arena.py as pid 1 of new namespaces: leaves nothing writable but a few small memory
# file systems, lets an ordinary user read the interpreter and the checkout, and runs a command as a user.
#
#     arena.sh UID PREFIX CHECKOUT COMMAND...      UID: "-" to stay who we are
set -e
uid=$1 prefix=$2 checkout=$3
shift 3
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
emptied="/tmp /root /home /srv /dev/shm"

mount -n --make-rprivate /
mount -n -t tmpfs -o size=300m,mode=1777 arena /var/tmp
mkdir /var/tmp/prefix /var/tmp/checkout
mount -n --bind "$prefix" /var/tmp/prefix
mount -n --bind "$checkout" /var/tmp/checkout
for folder in $emptied; do mount -n -t tmpfs -o size=300m,mode=1777 arena "$folder"; done

back() {  # to where it was, which may lie in a folder that is empty now
    mkdir -p "$2"
    mount -n --move "/var/tmp/$1" "$2"
    mount -n -o remount,bind,ro "$2"
    rmdir "/var/tmp/$1"
}
back prefix "$prefix"
back checkout "$checkout"
mkdir -p -m 1777 /home/trainer
mount -n -o remount,bind,ro / || echo "arena: the root file system stays as it is" >&2
ip link set lo up

set +e
export HOME=/home/trainer
if [ "$uid" = - ]; then
    setpriv --inh-caps=-all --ambient-caps=-all "$@"
else
    setpriv --reuid "$uid" --regid "$uid" --clear-groups "$@"
fi
code=$?  # not exec: bash stays pid 1, which buries the orphans of the arena
exit $code
